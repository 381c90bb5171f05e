### The dashboard.

dashboard-heading = Dashboard
dashboard-identifier = Signed in as { $identifier }
dashboard-list = Your passkeys
dashboard-empty = You have no passkey. With one, you sign in here with { common-unlock }.
dashboard-add = Add a passkey
dashboard-forget = Forget this browser
dashboard-forget-hint = For a device that others use too. Your next sign-in here is then like the first one in a new browser.
dashboard-account = Account
dashboard-sign-out = Sign out

## One passkey.

dashboard-rename = Rename { $name }
dashboard-remove = Remove { $name }
dashboard-name = Name of this passkey
dashboard-save = Save
dashboard-keep = Keep
dashboard-remove-question = Remove { $name }? It then signs nobody in any more. This cannot be undone.
dashboard-remove-only-question = Remove { $name }? It is your only passkey; after that you sign in with your password. This cannot be undone.
dashboard-remove-for-good = Remove for good

passkey-name-empty = Type a name.
passkey-name-too-long = This is too long. A name has at most { $max } characters.
passkey-name-unreadable = This has an invisible character in it. Leave it out.

## What it is. $copies is copied, not-copied or single; $which is today, yesterday or other.

row-kept =
    { $copies ->
        [copied] Kept in { $provider }, with a backup
        [not-copied] Kept in { $provider }, without a backup so far
       *[single] Kept in { $provider }, on one device only
    }
row-kept-unknown =
    { $copies ->
        [copied] Kept with a backup
        [not-copied] Kept without a backup so far
       *[single] Kept on one device only
    }
row-made =
    { $which ->
        [today] Made today
        [yesterday] Made yesterday
       *[other] Made on { $date }
    }
row-used =
    { $which ->
        [today] Last used today
        [yesterday] Last used yesterday
       *[other] Last used on { $date }
    }
row-never-used = Not used yet

## What is known of it in this browser.

row-works = Works here
row-made-here = Works here: it was made in this browser
row-absent = Not found in this browser. A new passkey could be made beside it, so it is not in { $provider } on { common-this-device } as it is set up now.
row-absent-unnamed = Not found in this browser. A new passkey could be made beside it, so it is not on { common-this-device } as it is set up now.
row-was-absent = Was not found in this browser on { $date }. That may have changed since.
row-silent = Did not answer here lately
row-silent-never-seen = Did not answer here so far
row-syncs = Not used here yet. { $provider } brings it to { common-this-device } where the account is the same.
row-needs-provider = Not used here yet. It can be here if { $provider } is set up and unlocked.
row-other-platform =
    { $across ->
        [no] Cannot be used on this platform. Passkeys in { $provider } do not come to { common-this-device }.
       *[yes] Cannot be used on this platform. Passkeys in { $provider } do not come to { common-this-device }; a phone that has this one can scan a code.
    }
row-other-machine = Not used here yet. It stays on the device where it was made.
row-security-key = Not used here yet. It is on a security key; connect the key to use it.
row-not-used = Not used here yet

## What the page says once.

dashboard-heal-confirmed = Your new passkey works here.
dashboard-limited = You signed in without a passkey. To rename or remove one, sign in with a passkey first.
dashboard-none-left =
    { $days ->
        [one] You signed in without a passkey. All passkeys of this account were removed. A new one can be added in a browser where one of them was used in the last day.
       *[other] You signed in without a passkey. All passkeys of this account were removed. A new one can be added in a browser where one of them was used in the last { $days } days.
    }
dashboard-renamed = The passkey has its new name.
dashboard-removed = The passkey is removed and signs nobody in any more. { $provider } may still list it; you can take it out there too.
dashboard-removed-unnamed = The passkey is removed and signs nobody in any more. Your device may still list it; you can take it out there too.
dashboard-browser-forgotten = This browser is forgotten. You stay signed in until you sign out.
dashboard-confirmed = Thank you, that was you.
dashboard-needs-passkey = Nothing was changed. For this, sign in with a passkey first.
dashboard-gone = That passkey was removed before.
dashboard-no-passkeys-here = This browser cannot make passkeys. Try it with another browser or on another device.
dashboard-expired = That page was too old, so nothing was changed. Please try again.

## What the page advises.

dashboard-confirm-address = Your email address is not confirmed yet. Until then, no mail can help you back in.
dashboard-confirm-address-way = Confirm email address
dashboard-codes-way = Recovery codes
dashboard-address-confirmed = Your email address is confirmed.
