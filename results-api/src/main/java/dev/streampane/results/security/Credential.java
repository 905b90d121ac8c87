// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Something that was shown and holds until it is revoked; whoever depends on it is told then, once. By any thread. */
final class Credential {

    private final Set<Runnable> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean revoked;

    boolean revoked() {
        return revoked;
    }

    /** Calls {@code listener} when the credential is revoked, at once when it already is; until the answer is closed. */
    Access.Registration whenRevoked(Runnable listener) {
        Runnable once = listener::run;
        listeners.add(once);
        if (revoked) {
            tell(once);
        }
        return () -> listeners.remove(once);
    }

    void revoke() {
        revoked = true;
        listeners.forEach(this::tell);
    }

    private void tell(Runnable listener) {
        if (listeners.remove(listener)) {
            listener.run();
        }
    }
}
