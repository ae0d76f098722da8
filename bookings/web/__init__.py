"""Pages of offers, orders and tickets."""
