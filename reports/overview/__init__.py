"""What 总览 shows besides the figures: drawings whose every bar leads to its rows."""
