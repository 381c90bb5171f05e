### Pages of text with ways on.

told-sign-in = Go to sign in
told-again = Try again

leave-heading = You are signed in
leave-lead = { $host } opens now.
leave-go = Go on to { $host }

goodbye-heading = Your account is gone
goodbye-lead = { $brand } keeps nothing of it any more that says who you were.
goodbye-passkeys = Your device may still list its passkeys. They open nothing now; you can take them out there too.
goodbye-sign-up = Create an account

not-found-heading = This page does not exist
not-found-lead = The address may be mistyped, or the page has moved.

stale-heading = This page is out of date
stale-lead = It was made before the last update. Load it once more to go on.
stale-reload = Load again

unavailable-heading = This does not work right now
unavailable-lead = The trouble is on our side, and it is being written down. Nothing of yours is lost. Wait a moment, then try again.

busy-heading = One moment, please

refused-heading = This did not come from here
refused-lead = It was sent from a page of another address, so nothing was done with it. If you wanted to sign in, start here.

not-understood-heading = This could not be read
not-understood-lead = What your browser sent is not what this page expects, so nothing was done with it. Please start again.

insecure-heading = Use the secure address
insecure-lead = Signing in to { $brand } works at { $origin } only. Under this address the browser offers no passkeys and keeps no sign-in.
insecure-go = Go to { $origin }
