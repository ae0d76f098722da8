"""Invoices to those whom staff allow to pay by them."""
