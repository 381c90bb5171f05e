### After a proof: the offer of a passkey, and what came of it.

## Step needs-proof.

needs-proof-heading = Adding a passkey needs one more proof
needs-proof-lead = You are signed in. This account has had a passkey, and this browser has not used one of them lately. So a password alone adds no passkey here: it could be somebody else who knows it.
needs-proof-lead-again = It was a while ago that you showed who you are. Before a passkey is added, do it once more.
needs-proof-lead-password-too = You are signed in with a code from a mail. It shows that the mailbox is yours; a new passkey takes your password as well.
needs-proof-lead-new-password = You are signed in with a code from a mail. It shows that the mailbox is yours; a new passkey takes a password as well, and this account has none any more.
needs-proof-lead-none-left = You are signed in. All passkeys of this account were removed, and none of them was used in this browser lately. So a password alone adds no passkey here: it could be somebody else who knows it.
needs-proof-after = { $said } { $why }
needs-proof-status-after = No passkey was added yet.
needs-proof-way-password = Type your password again.
needs-proof-way-password-too = Type your password.
needs-proof-way-new-password = Choose a new password: sign out, and follow “Forgot password?” when you sign in.
needs-proof-way-passkey =
    { $across ->
        [no] Use a passkey that you already have on this device.
       *[yes] Use a passkey that you already have. If it is on your phone, the prompt can show a code to scan with it.
    }
needs-proof-way-another-device = Use a passkey that you already have: the prompt can show a code to scan with the phone that has it.
needs-proof-way-elsewhere = Sign in on a device where a passkey of yours works. This browser cannot use one.
needs-proof-way-known-browser =
    { $days ->
        [one] Sign in with your password in a browser where one of them was used in the last day. A new one can be added there.
       *[other] Sign in with your password in a browser where one of them was used in the last { $days } days. A new one can be added there.
    }
needs-proof-way-people = If there is no such browser, ask the people who run { $brand } for help.
needs-proof-way-later = Or go on without. You stay signed in, and nothing changes.
needs-proof-confirm = Confirm

## Step create-passkey.

create-heading = Create a new passkey
create-heading-first = Create a passkey
create-lead-after-error = Next time you sign in here with { common-unlock }. The passkeys you have stay as they are.
create-lead-second-browser = None of your passkeys was used in this browser so far. With one for { common-this-device }, next time you sign in here with { common-unlock }. Do this only on a device of your own.
create-lead-after-cross-device = Another device has just signed you in. With a passkey on { common-this-device }, next time you sign in here with { common-unlock }. Do this only on a device of your own.
create-lead-first = Next time you sign in here with { common-unlock }. Nothing to remember, nothing to type. Your password stays as it is.
create-lead-asked = It is added to the passkeys you have, and they stay as they are. Next time you sign in here with { common-unlock }.
create-open = Create passkey
create-not-now = Not now
create-status = You are signed in.
create-status-after = You are signed in. No passkey was made.
create-waiting =
    { $unlock ->
        [macos] Your Mac is asking to save the new passkey. Confirm with Touch ID or its password.
        [windows] Windows is asking to save the new passkey. Confirm with your face, fingerprint or PIN.
        [ios] Your iPhone is asking to save the new passkey. Confirm with Face ID, Touch ID or its passcode.
        [ipados] Your iPad is asking to save the new passkey. Confirm with Face ID, Touch ID or its passcode.
        [android] Your Android device is asking to save the new passkey. Confirm with your fingerprint, face or screen lock.
       *[other] { common-your-device } is asking where to save the new passkey.
    }

create-cancelled = No passkey was made, and nothing has changed. You can try again, or do it another time.
create-technical = This browser could not make a passkey just now. You can try again, or do it another time.
create-not-usable = The new passkey could not be checked, so it is not kept here. You can try again, or do it another time.
create-expired = That took too long, so no passkey was made. You can try again, or do it another time.

## Step passkey-created.

created-heading = Passkey created
created-status = Your new passkey is ready.
# Not "saved in Windows Hello, sign in with Windows Hello".
created-saved-here =
    { $unlock ->
        [windows] Saved in { $provider }. Next time you sign in here with your face, fingerprint or PIN.
       *[other] Saved in { $provider }. Next time you sign in here with { common-unlock }.
    }
created-saved = Saved in { $provider }. Next time you sign in here with your passkey.
created-lead = Next time you sign in here with your passkey.

## Step already-here.

already-here-heading = This device already has a passkey
already-here-lead = Nothing was lost, and nothing needs to be made. Use it now, or the next time you sign in here.
already-here-after = { $said } It is still here, and you are signed in. Use it now, or the next time.
already-here-status = You are signed in.
already-here-status-after = You are signed in. The passkey was not used this time.
already-here-open = Use it now

## The name a passkey gets where nobody can say who keeps it.

passkey-name-new =
    { $platform ->
        [macos] Passkey made on a Mac
        [windows] Passkey made on a PC
        [ios] Passkey made on an iPhone
        [ipados] Passkey made on an iPad
        [android] Passkey made on Android
        [chromeos] Passkey made on ChromeOS
        [linux] Passkey made on Linux
       *[other] Passkey
    }
