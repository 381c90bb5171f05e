### Codes: by mail, or kept by the person.

code-label = Code
code-empty = Type the code.
code-no-match = This is not the code. Check it, then try again.
code-void = This code does not count any more. Ask for a new one.
code-send = Send a code
code-send-again = Send a new code
code-hint-mailed = Six digits from the mail.
code-hint-saved = One of the recovery codes that you keep.
code-hint-either = Six digits from the mail, or one of the recovery codes that you keep.

## Step confirm. $mailed is sent, unsent or no; $saved is yes or no.

confirm-heading = Confirm it is you
confirm-why = You are signed in with your password. Before a passkey is added in this browser, show once more that it is you.
confirm-how =
    { $mailed ->
        [sent]
            { $saved ->
                [yes] A code is on its way to { $identifier }. Type it here, or one of your recovery codes.
               *[no] A code is on its way to { $identifier }. Type it here.
            }
        [unsent]
            { $saved ->
                [yes] Ask for a code to { $identifier }, or type one of your recovery codes.
               *[no] Ask for a code to { $identifier }, then type it here.
            }
       *[no] Type one of the recovery codes that you keep.
    }
confirm-sent-again = A new code is on its way. Codes from before do not count any more.
confirm-status-after = You are signed in. No passkey was added yet.
confirm-confirm = Confirm

## Step confirm-address. $mailed is sent or unsent.

address-heading = Confirm your email address
address-how =
    { $mailed ->
        [sent] A code is on its way to { $identifier }. Type it here.
       *[unsent] Ask for a code to { $identifier }, then type it here.
    }
address-effect = From then on, mail to this address can help you back in. Whoever is signed in to this account elsewhere is signed out, and a passkey that was never used in this browser is removed.

## Step new-address.

new-address-heading = Confirm the new address
new-address-effect = Until the code is here nothing changes, and you sign in as { $identifier }. From then on you sign in with the new address, and mail to it can help you back in.
new-address-another = Use another address

## Recovery codes.

codes-heading = Recovery codes
codes-about = With a recovery code you can show that it is you when a passkey is lost. Each works once. Keep them where you keep papers, or in a password manager.
codes-never = You have no recovery codes. They help you back in when a passkey is lost.
codes-left =
    { $left ->
        [0] No recovery code is left.
        [one] One recovery code is left.
       *[other] { $left } recovery codes are left.
    }
codes-void = With new ones, the old ones do not work any more.
codes-passkey-first = Before there are new ones, show with a passkey that it is you.
codes-get = Get new codes
codes-get-first = Get recovery codes
codes-back = Back to the dashboard

codes-new-heading = Your recovery codes
codes-new-lead = Keep them now: they are not shown again. Each works once.
codes-list = Recovery codes
codes-copy = Copy
codes-copied = The codes are copied.
codes-not-copied = This browser did not copy them. Write them down, print them or download them.
codes-print = Print
codes-download = Download
codes-file = Recovery codes for { $identifier } at { $brand }. Each works once.

## Steps forgot-password and new-password.

forgot-heading = Forgot your password?
forgot-lead = Type the email address or username of your account. If it has an email address, a code is mailed to it; a recovery code that you keep does as well.
forgot-passkey = A passkey signs you in without a password: go to sign in and choose “Use a passkey”. It may be on another device; the prompt can show a code to scan with your phone.

new-password-heading = Choose a new password
new-password-how = If this account has an email address, a code is on its way to it. Type it here, or a recovery code that you keep, and choose a new password.
new-password-effect = Everybody who is signed in to this account is then signed out, and the browsers that were known are unknown again. If the address was not confirmed before, the account begins anew, without the passkeys that were made.
new-password-label = New password
new-password-save = Save new password

## Step not-me.

not-me-heading = Was this not you?
not-me-account = This is about the account { $identifier }.
not-me-effect = If somebody else did this, press the button. It signs everybody out, takes back what was added since, gives the account its old address or username back, and makes the password void. Then you choose a new one.
not-me-button = This was not me
not-me-it-was = It was me
not-me-done-heading = Your account is closed to others
not-me-done = Everybody is signed out, what was added since is removed, and the password does not work any more.
not-me-done-mail = Choose a new password now, with a code that is mailed to you. A passkey that you had before still signs you in.
not-me-done-codes = Choose a new password now, with a recovery code that you keep. A passkey that you had before still signs you in. Without either, ask the people who run { $brand } for help.
not-me-new-password = Choose a new password
not-me-void-heading = This link does not count any more
not-me-void = It was used before, or it is too old, or this sign-in may not use it. If you think that somebody else is in your account, choose a new password.

# $what is the kind of news; $when is a moment, with the browser in which it happened.
news-told =
    { $what ->
        [added] The passkey { $name } was added { $when }.
        [removed] The passkey { $name } was removed { $when }.
        [password] The password was changed { $when }.
        [address] The account had the address { $name } until it was changed { $when }.
       *[codes] There are new recovery codes; they were made { $when }.
    }
news-when = { $when } ({ $machine })
