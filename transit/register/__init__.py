"""The duty to disclose: who runs what, and how it is sold."""
