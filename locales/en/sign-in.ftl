### Before a proof: who are you, passkey, password.

## Step identify.

identify-heading = Sign in
identify-lead = Type the email address or username of your account.
identify-sign-up = Create an account
identify-one-tap-lead = You have used a passkey in this browser before. It can sign you in again.
identify-one-tap = Continue as { $hint }
identify-another-account = Use another account
identify-immediate = Sign in with a passkey
identify-after = { $said } Try another passkey, or type your email address or username.
identify-over = { $said } To go on, type your email address or username.
identify-session-over = You are not signed in any more, so nothing was changed.
identify-not-accepted = That passkey is no longer accepted here.

identifier-empty = Type your email address or username.
identifier-too-long = This is too long. An email address or username has at most { $max } characters.
identifier-unreadable = This has a space or an invisible character in it. Leave it out.
identifier-taken = This username has an account already. If it is yours, sign in instead.
identifier-no-mail = No mail can be sent to this email address. Check it.
identifier-half-address = A part of this email address is missing. Check it.
identifier-same = This is what you sign in with already.
identifier-expired = That took too long, so it starts again here. Type your email address or username.

## Who is going to ask for the passkey, and who is asking now.

prompt-coming-system =
    { $unlock ->
        [macos] Your Mac will ask for Touch ID or its password.
        [windows] Windows Hello will ask for your face, fingerprint or PIN.
        [ios] Your iPhone will ask for Face ID, Touch ID or its passcode.
        [ipados] Your iPad will ask for Face ID, Touch ID or its passcode.
        [android] Your Android device will ask for your fingerprint, face or screen lock.
       *[other] { common-your-device } will ask for your passkey.
    }
prompt-coming-manager = { common-your-device } will ask for your passkey, which is kept in { $provider }.
prompt-coming-security-key = Your browser will ask for your security key. Have it at hand.
prompt-coming-another-device = Your passkey seems to be on another device. Your browser can show a code; scan it with the phone that has the passkey.
prompt-coming-anyone = { common-your-device } will ask for your passkey.

prompt-waiting-system =
    { $unlock ->
        [macos] Your Mac is asking for Touch ID or its password.
        [windows] Windows Hello is asking for your face, fingerprint or PIN.
        [ios] Your iPhone is asking for Face ID, Touch ID or its passcode.
        [ipados] Your iPad is asking for Face ID, Touch ID or its passcode.
        [android] Your Android device is asking for your fingerprint, face or screen lock.
       *[other] { common-your-device } is asking for your passkey.
    }
prompt-waiting-manager = { common-your-device } is asking for your passkey. It is kept in { $provider }; if that is locked, unlock it first.
prompt-waiting-security-key = Your browser is asking for your security key. Connect it and touch it.
prompt-waiting-another-device = Your browser is asking for your passkey. Scan its code with the phone that has it.
prompt-waiting-anyone = { common-your-device } is asking for your passkey.

## Step use-passkey.

use-passkey-heading = Use your passkey
use-passkey-soon = One moment. { $coming }
use-passkey-across = Next comes a code. Scan it with the device that has your passkey: last time another device signed you in here.
use-passkey-again = Go on when you are ready. { $coming }
use-passkey-after = { $said } You can try again, or use your password.
use-passkey-status-after = You are not signed in yet. Try again, or use your password.
use-passkey-open = Use passkey
use-passkey-try-again = Try again
use-passkey-password = Use password instead

## How a prompt ended. A sentence about what to do next follows.

notice-cancelled = That did not go through.
notice-refused-at-once = That ended before you could answer.
notice-no-prompt = The prompt could not open just now.
notice-timed-out = The prompt closed because it got no answer.
notice-never-settled = The prompt did not come to an end.
notice-technical = This browser could not ask for a passkey just now.
notice-not-here = Your passkey did not work here this time.
notice-another-account = That passkey belongs to another account.
notice-no-longer-accepted = That passkey is no longer accepted here: it was removed from this account.
notice-not-usable = That passkey could not be checked.
notice-expired = That took too long.

## Step enter-password.

enter-password-heading = Enter your password
enter-password-lead = Your password signs you in on any device.
enter-password-no-passkeys = Passkeys do not work in this browser, so sign in with your password.
enter-password-after = { $said } Your password signs you in as well.
enter-password-status-after = Enter your password to go on.
enter-password-sign-in = Sign in
enter-password-forgot = Forgot password?
enter-password-email-code = Email me a code

password-empty = Type your password.
# One answer for a wrong password and for a person who is not known.
password-none = This account has no password any more. Sign out and in again with a passkey, or choose “Forgot password?” when you sign in to set a new one.
password-wrong = This email address or username and this password do not go together. Check both, then try again.
password-too-long = This is longer than a password can be. Check it, then try again.
password-expired = That took too long. Type your password once more.

## Step enter-code. Said the same whether there is such an account or not.

enter-code-heading = Check your email
enter-code-sent = If there is an account with a confirmed email address, a code is on its way to it. Type it here.
enter-code-unsent = Ask for a code, then type it here. If there is an account with a confirmed email address, the code is mailed to it.
enter-code-sent-again = If there is an account with a confirmed email address, a new code is on its way to it. Codes from before do not count any more.
