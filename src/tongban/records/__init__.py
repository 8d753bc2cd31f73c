"""What is known: materials handed in and licences issued."""
