// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.util.List;
import java.util.Optional;

/** Readers of certain rights for tests of other packages. */
public final class Readers {

    private Readers() {}

    /** Who asks with these scopes. */
    public static Access of(String... scopes) {
        return new Access("reader", "127.0.0.1", Scopes.parse(List.of(scopes)), Optional.empty());
    }
}
