"""Rules tried out before they are released: requests of the past, or made up, played against rules and a fleet."""
