//! The document around the pages, and the one component that shows the present page.
//!
//! The browser gets the first page twice: drawn as HTML, and as data in a `<script type="application/json">`, from
//! which it starts without asking again. Such a block is never run, so the content security policy has nothing against it.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use crate::page::Start;
use crate::ui::{self, Stage};

/// The id of the element that the application lives in. Its own element, because browser extensions like to put things into the body.
pub const ROOT: &str = "keymend";
/// The id of the data block with the [`Start`].
pub const START: &str = "start";

/// What the document says about itself, beyond the page it shows.
#[derive(Clone, Debug)]
pub struct Document {
    /// The language of all words, as in `<html lang>`.
    pub lang: String,
    /// `ltr` or `rtl`.
    pub dir: String,
    /// Whether the operator has own colours, in `/brand.css`.
    pub brand_style: bool,
}

/// What may not wait for the program, before anything is painted.
///
/// Scripts run, so the mark that none do is taken away. It comes back when the program fails before the page reacts, or has not
/// come after so long that a person waits for nothing; the style forgets it once the page reacts.
///
/// Then a choice of light or dark made earlier, which would flash otherwise, and the colour around the page: that of the choice,
/// or the system's where none was made.
const FIRST_SCRIPT: &str = concat!(
    "{let d=document.documentElement.dataset,f=()=>d.scriptless='';",
    "delete d.scriptless;addEventListener('unhandledrejection',f);setTimeout(f,2e4);",
    "new MutationObserver(()=>document.querySelectorAll('[name=theme-color]').forEach((m,i)=>{",
    "let s=['light','dark'][i];m.media=d.theme?d.theme==s?'':'not all':`(prefers-color-scheme:${s})`",
    "})).observe(document.documentElement,{attributeFilter:['data-theme']});",
    "try{d.theme=localStorage.theme||''}catch{}}",
);

/// The whole document, for the server.
pub fn shell(options: LeptosOptions, start: Start, document: Document) -> impl IntoView {
    let style = ["/", &options.site_pkg_dir, "/", &options.output_name, ".css"].concat();
    // `<` is all that could end the block early or open a comment in it.
    let data = serde_json::to_string(&start).unwrap_or_default().replace('<', "\\u003c");
    view! {
        <!DOCTYPE html>
        <html lang=document.lang dir=document.dir data-scriptless="">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" content="#f5efe4" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#0f141b" media="(prefers-color-scheme: dark)" />
                <title>{start.page.title.clone()}</title>
                <script nonce=use_nonce() inner_html=FIRST_SCRIPT></script>
                <link rel="stylesheet" href=style />
                {document.brand_style.then(|| view! { <link rel="stylesheet" href="/brand.css" /> })}
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                <AutoReload options=options.clone() />
                <HydrationScripts options />
            </head>
            <body>
                <div id=ROOT>
                    {App(ArcRwSignal::new(Stage::new(start)))}
                </div>
                <script type="application/json" id=START inner_html=data></script>
            </body>
        </html>
    }
}

/// Shows what is on the stage, and nothing else: the same for server and browser.
#[must_use]
#[expect(non_snake_case, reason = "a component")]
pub fn App(stage: ArcRwSignal<Stage>) -> impl IntoView {
    move || stage.with(ui::view)
}
