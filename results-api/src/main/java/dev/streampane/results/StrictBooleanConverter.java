// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;
import org.eclipse.microprofile.config.spi.Converter;

/** Converts true and false, and rejects other words; the library's own converter takes every word that it does not know for false. */
@RegisterForReflection
public final class StrictBooleanConverter implements Converter<Boolean> {

    @Override
    public Boolean convert(String value) {
        return switch (value.strip().toLowerCase(Locale.ROOT)) {
            case "" -> null;
            case "true", "1", "yes", "y", "on" -> true;
            case "false", "0", "no", "n", "off" -> false;
            default -> throw new IllegalArgumentException(value + " is not allowed; allowed is true or false");
        };
    }
}
