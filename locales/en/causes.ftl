### "This can happen when …": possibilities, never verdicts. Each has a place to look; none tells to try again, as the person
### may be signed in already.
###
### $kind is what keeps the passkey: apple, google, microsoft, manager (a password manager with an account of its own), file (one
### with a file), browser (one browser profile), machine (one computer), security-key, unknown. $provider is its name where there
### is one. $moment is sign-in or offer: on an offer the person has signed in with the password.

causes-lead = This can happen when …

## Removed here.

cause-removed-when =
    { $kind ->
        [apple] the passkey was removed from Apple Passwords
        [google] the passkey was removed from Google Password Manager
        [microsoft] the passkey was removed from Microsoft Password Manager
        [manager] the passkey was removed from { $provider }
        [file] the passkey was removed from the file of { $provider }
        [browser] the passkey was removed from this browser, for example together with its browsing data
        [security-key] the security key was not connected, or the passkey was removed from it
       *[other] the passkey was removed from { common-this-device }
    }

cause-removed-fix =
    { $kind ->
        [apple]
            { $platform ->
                [macos] Open the Passwords app on this Mac, or System Settings › your name › iCloud › Passwords. A removed passkey is kept there for 30 days and can be brought back.
                [ios] Open the Passwords app on this iPhone, or Settings › your name › iCloud › Passwords. A removed passkey is kept there for 30 days and can be brought back.
                [ipados] Open the Passwords app on this iPad, or Settings › your name › iCloud › Passwords. A removed passkey is kept there for 30 days and can be brought back.
               *[other] Open the Passwords app on your iPhone, iPad or Mac. A removed passkey is kept there for 30 days and can be brought back.
            }
        [google]
            { $platform ->
                [android] Open Settings, search for “Password Manager” and look for { $brand } in Google Password Manager.
               *[other] Open Google Password Manager in the settings of Chrome and look for { $brand } there.
            }
        [microsoft] Open the settings of Edge, then passwords and passkeys, and look for { $brand } there.
        [manager] Open { $provider } and look for { $brand } there, also in its trash.
        [file] Open the file in { $provider } and look for { $brand } there, also in its recycle bin.
        [security-key] Connect the key, and touch it when the prompt asks for it.
        [browser] Look whether you usually sign in with another profile of this browser. Each keeps its own passkeys.
        [machine]
            { $platform ->
                [windows] Windows Settings › Accounts › Passkeys shows what is on this PC.
               *[other] The settings of your browser show which passkeys it has.
            }
       *[other]
            { $platform ->
                [macos] Look in System Settings › your name › iCloud › Passwords, and in your password manager if you use one.
                [windows] Look in Windows Settings › Accounts › Passkeys, and in your password manager if you use one.
                [ios] Look in the Passwords app, and in your password manager if you use one.
                [ipados] Look in the Passwords app, and in your password manager if you use one.
                [android] Look in Google Password Manager, and in your password manager if you use another one.
               *[other] Look in the settings of your browser, and in your password manager if you use one.
            }
    }

## Another account of the cloud that carries it.

cause-account-when =
    { $kind ->
        [apple] { common-this-device } uses another Apple account than the one that keeps the passkey
        [google]
            { $platform ->
                [android] this Android device uses another Google account than the one that keeps the passkey
               *[other] this browser uses another Google account than the one that keeps the passkey
            }
        [microsoft] this browser uses another Microsoft account than the one that keeps the passkey
       *[other] { common-this-device } uses another account than the one that keeps the passkey
    }

cause-account-fix =
    { $kind ->
        [apple]
            { $platform ->
                [macos] Look in System Settings › your name › iCloud › Passwords: is it the right account, and is syncing on?
                [ios] Look in Settings › your name › iCloud › Passwords: is it the right account, and is syncing on?
                [ipados] Look in Settings › your name › iCloud › Passwords: is it the right account, and is syncing on?
               *[other] Look in the iCloud settings of your Apple device: is it the right account, and is syncing on?
            }
        [google]
            { $platform ->
                [android] Look in Settings › Google which account Google Password Manager uses.
                [ios] Look in the settings of Chrome which Google account is signed in.
                [ipados] Look in the settings of Chrome which Google account is signed in.
               *[other] Choose your picture in the corner of Chrome to see which account Google Password Manager uses.
            }
        [microsoft] Choose your picture in the corner of Edge to see which account is signed in.
       *[other] Look in the settings of the app that keeps your passkeys which account is signed in.
    }

## The password manager that holds it.

cause-manager-when =
    { $kind ->
        [manager] { $provider } is locked or signed out here, or not switched on
        [file] the file of { $provider } is not open here
       *[other] the password manager that keeps the passkey is locked or signed out
    }

cause-manager-fix =
    { $kind ->
        [manager]
            { $platform ->
                [ios] Unlock the { $provider } app, check which account it uses, and switch it on in Settings › General › AutoFill & Passwords.
                [ipados] Unlock the { $provider } app, check which account it uses, and switch it on in Settings › General › AutoFill & Passwords.
                [android] Unlock the { $provider } app and check which account it uses. Open Settings and search for “passkeys” to switch it on.
               *[other] Unlock { $provider }, in its app or its browser extension, and check which account it uses.
            }
        [file] Open the file in { $provider } and unlock it.
       *[other] Unlock it, in its app or its browser extension, and check which account it uses.
    }

## On another device.

cause-elsewhere-when =
    { $kind ->
        [apple]
            { $platform ->
                [macos] the passkey is on another Apple device
                [ios] the passkey is on another Apple device
                [ipados] the passkey is on another Apple device
               *[other] the passkey is in Apple Passwords, on an iPhone, iPad or Mac
            }
        [google] the passkey is on another phone or computer, in Google Password Manager
        [microsoft] the passkey is on another computer, in Microsoft Password Manager
        [manager] { $provider } is set up on another phone or computer, and not here
        [file] the file of { $provider } is on another phone or computer
        [browser] the passkey is in another browser or on another computer
        [machine] the passkey is in { $provider } on another computer
        [security-key] the passkey is on a security key
       *[other] the passkey is on another phone or computer
    }

cause-elsewhere-fix =
    { $moment ->
        [offer]
            { $kind ->
                [security-key] Connect the key the next time you want to use it.
               *[other] It stays where it is, and you can go on using it there.
            }
       *[sign-in]
            { $kind ->
                [security-key] Connect the key to { common-this-device }.
                [machine] A passkey of that kind stays on its computer. Here, your password signs you in.
                [browser] A passkey of that kind stays in its browser. Here, your password signs you in.
               *[other]
                    { $across ->
                        [no] Here, your password signs you in.
                       *[yes] If it is on a phone, the prompt can show a code to scan with it.
                    }
            }
    }

## Nothing about the passkey.

cause-closed-when = the prompt was closed
cause-closed-fix = It opens again whenever you like.

cause-technical-when = the browser is busy with another prompt, or this page is not in front
cause-technical-fix = Close other prompts and keep this page in front.

cause-not-accepted-when = the passkey was removed from this account, but your device still keeps it
cause-not-accepted-fix = Choose another passkey, or use your password. You can delete the old one from your device.
