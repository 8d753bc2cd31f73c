"""The portal (门户): the door for everybody who has something to get done."""
