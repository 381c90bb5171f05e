### A new account.

sign-up-heading = Create your account
sign-up-lead = Start with a password. Right after, you can add a passkey and sign in without typing.
sign-up-password-hint = At least { $min } characters. A few words in a row are easy to remember.
sign-up-create = Create account
sign-up-sign-in = Sign in instead

new-password-empty = Choose a password.
new-password-too-short = This is too short. Use at least { $min } characters; a few words in a row will do.
new-password-too-long = This is longer than a password can be. Use at most { $max } characters.
new-password-too-common = This is easy to guess, because many people use it or it follows a pattern. Choose another one.
new-password-contains-identifier = This is mostly your email address or username, so it is easy to guess. Choose another one.
