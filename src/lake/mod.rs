//! Lake: Parquet files of clean rows and scores, one set a fiscal month, listed in the store.
