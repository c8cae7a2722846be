"""工作台: what waits for whom, told alike for every kind of work; the numbers are those of the lists they lead to."""
