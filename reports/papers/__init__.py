"""What a paper is (document), how GB/T 9704-2012 sets it (gbt…), and what it is printed as: .docx, PDF, text, pictures."""
