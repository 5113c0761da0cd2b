"""How the check `background` tells ground from product and cuts it out."""
