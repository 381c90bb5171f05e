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
mail-not-you-effect = That ends every session, takes back what was added or changed since, and makes the password void, so that nobody but you can go on. It works once, within { $days } days.

## Codes. $by is a platform (as for pages).

mail-from =
    { $by ->
        [macos] from a Mac
        [windows] from a computer with Windows
        [ios] from an iPhone
        [ipados] from an iPad
        [android] from an Android device
        [chromeos] from a Chromebook
        [linux] from a computer with Linux
       *[unknown] from a browser that is new here
    }

mail-subject-sign-in = Sign in to { $brand } with this code
mail-sign-in = somebody wants to sign in to your account at { $brand } with a code, { mail-from }. If that is you, type this code on the page that asked for it:
mail-sign-in-not-you = If that is not you, there is nothing to do: without the code nobody signs in with it. Give it to nobody.

mail-subject-confirm = Your code for { $brand }
mail-confirm = somebody signed in to your account at { $brand } with your password, { mail-from }, and wants to add a passkey. If that is you, type this code on the page that asked for it:
mail-confirm-not-you = If that is not you, somebody else knows your password. Give this code to nobody, and change your password.

mail-subject-address = Confirm your email address for { $brand }
mail-address = somebody uses this email address for an account at { $brand }, { mail-from }. If that is you, type this code on the page that asked for it, to show that the address is yours:
mail-address-not-you = If that is not you, there is nothing to do, and nobody can use this address without the code. To take the account that was made with it, choose "Forgot password?" when you sign in.

mail-subject-reset = A new password for { $brand }
mail-reset = somebody wants to choose a new password for your account at { $brand }, { mail-from }. If that is you, type this code on the page that asked for it:
mail-reset-not-you = If that is not you, there is nothing to do: your password stays as it is. Give this code to nobody.

mail-subject-sign-up = Your code for a new account at { $brand }
mail-sign-up = somebody wants to create an account at { $brand } with this email address, { mail-from }. If that is you, type this code on the page that asked for it:
mail-sign-up-not-you = If that is not you, there is nothing to do: without the code, no account is made. Give it to nobody.

mail-subject-new-address = Confirm your new email address for { $brand }
mail-new-address = somebody wants to use this email address for their account at { $brand }, { mail-from }. If that is you, type this code on the page that asked for it:
mail-new-address-not-you = If that is not you, there is nothing to do, and nobody can use this address without the code. Give it to nobody.

# An address that was changed by somebody else is as it was before; told to the other address.
mail-subject-given-back = Your account at { $brand } has its former address back
mail-given-back = The account at { $brand } that used { $identifier } does not use it any more. Somebody who could show that it was theirs before has said that the change was not, and everybody is signed out.
mail-given-back-not-you = If that was you, there is nothing to do. If it was not, ask the people who run { $brand } for help.

# In place of that code, where the address has an account.
mail-subject-taken = You have an account at { $brand } already
mail-taken = somebody wanted to create an account at { $brand } with this email address, { mail-from }. It has one already, so no other one is made, and nothing has changed.
mail-taken-new-address = somebody wanted to use this email address for another account at { $brand }, { mail-from }. It has an account already, so that one does not get it, and nothing has changed.
mail-taken-sign-in = If that was you, sign in:
mail-taken-forgot = Or choose a new password, if you do not remember yours:
mail-taken-not-you = If that was not you, there is nothing to do. The page tells nobody that you have an account.

mail-code-good-for =
    { $minutes ->
        [one] It is good for a minute, and only in the browser that asked for it.
       *[other] It is good for { $minutes } minutes, and only in the browser that asked for it.
    }
