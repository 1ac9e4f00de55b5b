"""T3 and T4: deliveries are leased, sent outside any transaction, and settled by what came of it."""
