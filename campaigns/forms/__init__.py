"""What people type, checked for its shape; the rules stand below, the writing above."""
