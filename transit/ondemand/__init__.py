"""Demand-responsive services: their rules, and rides in them. A ride names no person and no price paid."""
