"""The official device test cases that can be run here, one test per case, and an index of all of them."""
