"""The public API of offers, orders and tickets."""
