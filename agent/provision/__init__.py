"""Story. One pass of the network half: who is this gateway, what should it be, and what is reported."""
