"""The books 账: double entry in whole fen, append-only, one set of books a payer; what is wrong is put right by a reversing group."""
