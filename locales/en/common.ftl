### Words that several pages share.
###
### Every message can use: $platform (macos, windows, ios, ipados, android, chromeos, linux, unknown), $unlock (the same, or
### unknown where the machine cannot ask for a finger, a face or a PIN), $across (no where no other device can answer, else
### yes) and $brand (the name of the installation).

common-title = { $heading } · { $brand }

common-identifier = Email or username
common-password = Password
common-continue = Continue
common-use-a-passkey = Use a passkey
common-not-you = Not you?

common-busy = There is a lot to do right now. Wait a moment, then try again.
common-blocked-seconds =
    { $number ->
        [one] To keep this account safe, wait a second before the next try.
       *[other] To keep this account safe, wait { $number } seconds before the next try.
    }
common-blocked-minutes =
    { $number ->
        [one] To keep this account safe, wait a minute before the next try.
       *[other] To keep this account safe, wait { $number } minutes before the next try.
    }

## The machine in front of the person.

# On Android "this phone" would be wrong on a tablet, and would sound like another device beside a code to scan.
common-this-device =
    { $platform ->
        [macos] this Mac
        [windows] this PC
        [ios] this iPhone
        [ipados] this iPad
        [android] this Android device
       *[other] this device
    }

common-your-device =
    { $platform ->
        [macos] Your Mac
        [windows] Your PC
        [ios] Your iPhone
        [ipados] Your iPad
        [android] Your Android device
       *[other] Your device
    }

# What a person does to unlock a passkey: "sign in with …".
common-unlock =
    { $unlock ->
        [macos] Touch ID
        [windows] Windows Hello
        [ios] Face ID or Touch ID
        [ipados] Face ID or Touch ID
        [android] your fingerprint, face or screen lock
       *[other] your passkey
    }

## Days.

date-unknown = a day that is not known
date-just-now = just now
date-minutes-ago =
    { $number ->
        [one] a minute ago
       *[other] { $number } minutes ago
    }
date-hours-ago =
    { $number ->
        [one] an hour ago
       *[other] { $number } hours ago
    }
date-on-day = on { $date }
date-moment = on { $date } at { $time } UTC
date-day = { $day } { date-month } { $year }
date-month =
    { $month ->
        [january] January
        [february] February
        [march] March
        [april] April
        [may] May
        [june] June
        [july] July
        [august] August
        [september] September
        [october] October
        [november] November
       *[december] December
    }

## The frame around every page.

frame-unreachable-heading = { $brand } cannot be reached
frame-unreachable-lead = Check the internet connection. You can go on here as soon as it is back.
frame-unreachable-retry = Try again
frame-slow = This takes longer than usual. Please wait a moment.
frame-theme = Switch between light and dark
frame-no-script = Passkeys need JavaScript, which does not run here. Your password works without it.
frame-show-password = Show password
frame-hide-password = Hide password
