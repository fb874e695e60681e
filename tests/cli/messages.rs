//! What is typed wrong, and the exact line that says so.
