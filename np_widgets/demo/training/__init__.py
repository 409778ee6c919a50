"""The program that makes the demo model from nothing. Needs PyTorch; not part of the wheel."""
