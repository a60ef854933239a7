//! numpy's and scikit-learn's random streams and toy data, bit for bit.

#![forbid(unsafe_code)]
