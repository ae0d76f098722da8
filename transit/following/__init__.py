"""The network follows the register: what publishers put out is fetched, checked and let in, or waits for a person."""
