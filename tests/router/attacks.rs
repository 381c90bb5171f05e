//! What people with fresh eyes have tried, and some of it worked. Each of these would be a way in, a way to learn who is here, or a way to
//! keep somebody out.

mod activity;
mod at_once;
mod held;
mod listed_ids;
mod lost_answer;
mod names_asked;
mod news;
mod order;
mod removed_passkey;
mod sessions_ended;
mod spelling;
mod strangers;
