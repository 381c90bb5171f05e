### What people get by mail. Plain text; one paragraph per message.

mail-hello = Hello,

## Something happened to the account.

mail-subject-passkey-added = A new passkey was added to your account at { $brand }
mail-subject-passkey-removed = A passkey was removed from your account at { $brand }
mail-subject-password-changed = The password of your account at { $brand } was changed
mail-subject-address-changed = Your account at { $brand } has another address now
mail-subject-codes-replaced = Your account at { $brand } has new recovery codes

mail-passkey-added = The passkey { $name } was added to your account { $identifier } at { $brand }.
mail-passkey-removed = The passkey { $name } was removed from your account { $identifier } at { $brand }.
mail-password-changed = The password of your account { $identifier } at { $brand } was changed.
mail-address-changed = Your account at { $brand } does not use { $identifier } any more. It has another address or username now.
mail-codes-replaced = Your account { $identifier } at { $brand } has new recovery codes. Codes from before do not work any more.

# $at is a moment, $by a platform (as for pages), "unknown", or "operator" for the people who run the server.
mail-where =
    { $by ->
        [macos] It was done on { $at }, on a Mac.
        [windows] It was done on { $at }, on a computer with Windows.
        [ios] It was done on { $at }, on an iPhone.
        [ipados] It was done on { $at }, on an iPad.
        [android] It was done on { $at }, on an Android device.
        [chromeos] It was done on { $at }, on a Chromebook.
        [linux] It was done on { $at }, on a computer with Linux.
        [operator] It was done on { $at } by the people who run { $brand }.
       *[unknown] It was done on { $at }.
    }
mail-at = { $date } at { $time } (UTC)
mail-was-you = If that was you, there is nothing to do.
mail-not-you = If it was not you, open this page and press the button there:
mail-not-you-effect = That ends every session, takes back what was added since, and makes the password void, so that nobody but you can go on. It works once, within { $days } days.
