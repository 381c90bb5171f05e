### A new account.

sign-up-heading = Create your account
sign-up-lead = Start with a password. Right after, you can add a passkey and sign in without typing.
sign-up-password-hint = At least { $min } characters. A few words in a row are easy to remember.
sign-up-create = Create account
sign-up-sign-in = Sign in instead

## Step confirm-sign-up: a code to the address, before there is an account. The same for an address that has one already;
## the mail says so. $mailed is sent or unsent.

sign-up-code-heading = Check your email
sign-up-code-how =
    { $mailed ->
        [sent] A mail is on its way to { $identifier }. Type the code from it here, and your account is made.
       *[unsent] Ask for a new code to { $identifier }, then type it here.
    }
sign-up-code-nothing = No code? If the address has an account already, the mail tells how to sign in. If there is no mail, look among the unwanted ones, and check the address.
sign-up-code-again = Another mail is on its way. Codes from before do not count any more.
sign-up-code-another = Use another address

new-password-empty = Choose a password.
new-password-too-short = This is too short. Use at least { $min } characters; a few words in a row will do.
new-password-too-long = This is longer than a password can be. Use at most { $max } characters.
new-password-too-common = This is easy to guess, because many people use it or it follows a pattern. Choose another one.
new-password-contains-identifier = This is mostly your email address or username, so it is easy to guess. Choose another one.
new-password-not-new = Choose a password that is new to this account.
