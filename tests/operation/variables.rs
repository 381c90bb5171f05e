//! Settings that come from the environment.

use crate::served::Served;
use http::{Method, StatusCode};

#[tokio::test]
async fn a_token_of_digits_counts_as_it_was_written() {
    const TOKEN: &str = "00123456789012345678";
    let served = Served::start(&[("KEYMEND__SERVER__METRICS_TOKEN", TOKEN), ("KEYMEND__BRAND__NAME", "007")]).await;
    let metrics = async |token: &str| {
        let bearer = format!("Bearer {token}");
        served.browser().send(Method::GET, "/metrics", Vec::new(), &[("authorization", bearer.as_str())]).await.status
    };
    assert_eq!(metrics(TOKEN).await, StatusCode::OK);
    assert_eq!(metrics("123456789012345678").await, StatusCode::NOT_FOUND);
    let page = served.browser().get("/sign-in").await.text();
    assert!(page.contains("007"), "{page}");
}
