"""One model a file: its networks, then how losses and phases are composed."""
