"""The example city: made-up people and texts that walk through the product's own moves. No rule of the product here."""
