//! What tests share: a clock to move, a private PostgreSQL, a whole app.
