### The account: how to sign in, where, and what happened.

account-heading = Account
account-back = Back to the dashboard

account-details = How you sign in
account-identifier = Email or username
account-password-first = Since you signed up
account-password-since = Changed { $ago }
account-change-identifier = Change email or username
account-change-password = Change password

account-sessions = Where you are signed in
account-session-started = Started { $ago }
account-session-used = last used { $ago }
account-this-session = You are here
account-end-session = Sign out { $name }
account-end-sessions = Sign out everywhere else

account-browsers = Known browsers
account-browsers-hint =
    { $days ->
        [one] You used a passkey in these in the last day. There your password is enough to add another one.
       *[other] You used a passkey in these in the last { $days } days. There your password is enough to add another one.
    }
account-browsers-none = None. A browser becomes known when you use a passkey in it.
account-browser-verified = Passkey used { $ago }
account-this-browser = This browser
account-forget-browser = Forget { $name }
account-forget-browsers = Forget all other browsers

account-activity = Recent activity
account-activity-here = this browser

account-data = Your data
account-data-hint = A file with everything that { $brand } keeps about you, or the end of it.
account-export = Download your data
account-delete = Delete account

account-since = Passkeys made with the old password
account-since-hint = They were made since you last changed it. Do you know them all? Remove what is not yours.
account-since-made = Made { $ago }

# A browser on a machine, as in a list. $browser is a name, $machine is macos, windows, ios, ipados, android, chromeos, linux or unknown.
account-machine =
    { $machine ->
        [macos] { $browser } on a Mac
        [windows] { $browser } on Windows
        [ios] { $browser } on an iPhone
        [ipados] { $browser } on an iPad
        [android] { $browser } on Android
        [chromeos] { $browser } on a Chromebook
        [linux] { $browser } on Linux
       *[unknown] { $browser }
    }
account-machine-browser =
    { $browser ->
        [safari] Safari
        [chrome] Chrome
        [edge] Edge
        [firefox] Firefox
        [samsung] Samsung Internet
       *[other] A browser
    }
account-machine-forgotten = A browser that was forgotten

## What happened.

activity-signed-up = Account created
activity-signed-in-with-passkey = Signed in with a passkey
activity-signed-in-with-password = Signed in with the password
activity-signed-in-with-code = Signed in with a code from a mail
activity-password-refused =
    { $times ->
        [one] Somebody typed a password that did not match
       *[other] Somebody typed a password that did not match, { $times } times
    }
activity-passkey-refused =
    { $times ->
        [one] A passkey was not accepted
       *[other] A passkey was not accepted, { $times } times
    }
activity-passkey-confirmed = Confirmed with a passkey
activity-password-confirmed = Confirmed with the password
activity-code-confirmed = Confirmed with a code
activity-code-asked-for =
    { $times ->
        [one] A code was asked for
       *[other] A code was asked for, { $times } times
    }
activity-sign-up-asked-for =
    { $times ->
        [one] Somebody wanted a new account with this address
       *[other] Somebody wanted a new account with this address, { $times } times
    }
activity-code-refused =
    { $times ->
        [one] Somebody typed a code that did not count
       *[other] Somebody typed a code that did not count, { $times } times
    }
activity-signed-out = Signed out
activity-passkey-added = Passkey added
activity-passkey-renamed = Passkey renamed
activity-passkey-removed = Passkey removed
activity-heal-begun = New passkey in place of one that did not answer
activity-heal-confirmed = The new passkey works
activity-password-changed = Password changed
activity-password-set-by-code = Signed in with a code and a new password
activity-identifier-changed = Email or username changed
activity-address-confirmed = Email address confirmed
activity-begun-anew = Begun anew, as nobody had confirmed the email address before
activity-codes-issued = Recovery codes made
activity-codes-replaced = Recovery codes replaced by new ones
activity-disowned = “This was not me”: changes undone and signed out everywhere
activity-session-ended = Signed out from elsewhere
activity-sessions-ended = Signed out everywhere else
activity-browser-forgotten = Browser forgotten
activity-browsers-forgotten = All other browsers forgotten
activity-account-deleted = Account removed
activity-reset-by-operator = Let in again by the people who run { $brand }

## What the page says once.

account-limited = You signed in without a passkey, so it could be somebody else. To change anything here, use a passkey first.
account-limited-none-left = You signed in without a passkey. All passkeys of this account were removed, so nothing can be changed this way. Ask the people who run { $brand } for help.
account-session-ended = That browser is signed out.
account-sessions-ended = You are signed out everywhere else.
account-sessions-spared = Where a passkey was used in the last ten minutes, that browser stays signed in. To end that too, use a passkey first.
account-browser-forgotten = That browser is forgotten. Whoever is signed in there stays so until you sign it out.
account-browsers-forgotten = All other browsers are forgotten. Whoever is signed in there stays so until you sign them out.
account-password-changed = Your password is changed. You are signed out everywhere else, and a browser is known again when you use a passkey in it.
account-identifier-changed = It is changed. From now on you sign in with the new one.
account-needs-passkey = Nothing was changed. For this, use a passkey first.
account-gone = That was over before. Nothing else was changed.
account-another-session = Somebody has signed in anew in this browser, so nothing was changed. See above whose account this is.

## One thing to change.

change-back = Back to your account
change-current-password = Current password
change-password-differs = This is not your current password. Try it again.

change-password-heading = Change your password
change-password-lead = You are then signed out everywhere else. Your passkeys stay.
change-password-let-in = The people who run { $brand } let you in again. Choose a password that only you know; after that you can add a passkey.
change-password-new = New password
change-password-act = Change password

change-identifier-heading = Change your email or username
change-identifier-lead = You sign in with the new one from then on. The old one is free for somebody else. To a new address a code is mailed first.
change-identifier-new = New email or username
change-identifier-act = Change it

delete-account-heading = Delete your account
delete-account-lead = This cannot be undone.
delete-account-way-passkeys = Your password and passkeys open nothing any more, and you are signed out everywhere.
delete-account-way-name = The name is free for somebody else.
delete-account-way-back = Nobody can bring it back, the people who run { $brand } neither.
delete-account-confirm = Type { $identifier } to confirm
delete-account-not-confirmed = This is not the name of your account. Type it as it stands above.
delete-account-act = Delete account
