"""Who: places, parties and the accounts that act for them."""
