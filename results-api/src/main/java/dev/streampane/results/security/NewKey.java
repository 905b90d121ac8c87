// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results.security;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Arguments of {@code --new-key}: the name of the key, its scopes, at least one, and when it expires. */
public record NewKey(String name, List<String> scopes, Optional<Instant> until) {

    /** @throws IllegalArgumentException naming the argument that is wrong */
    public static NewKey of(List<String> arguments) {
        Optional<String> name = Optional.empty();
        List<String> scopes = new ArrayList<>();
        Optional<Instant> until = Optional.empty();
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--new-key" -> name = once(option, name, value);
                case "--scope" -> scopes.add(value);
                case "--until" -> until = once(option, until, ApiKey.instant(value));
                default -> throw new IllegalArgumentException("'" + option + "' is not understood");
            }
        }
        if (scopes.isEmpty()) {
            throw new IllegalArgumentException("--scope is missing; allowed is " + Scopes.ALLOWED);
        }
        return new NewKey(name.orElseThrow(), List.copyOf(scopes), until);
    }

    /** Makes the key; returns it and its line for the keys file, as text to print. */
    public String text() {
        ApiKey.IssuedKey made = ApiKey.make(name, scopes, until);
        return "key:  " + made.key() + "\nline: " + made.line().line() + "\n";
    }

    private static <T> Optional<T> once(String option, Optional<T> before, T value) {
        if (before.isPresent()) {
            throw new IllegalArgumentException(option + " is given more than once");
        }
        return Optional.of(value);
    }
}
