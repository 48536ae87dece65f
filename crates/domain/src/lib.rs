//! What Plateglass speaks of: reads, cameras, hotlists, hits, who may do what. Pure values, no I/O.
