// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import org.eclipse.microprofile.config.spi.Converter;

/**
 * Converts a memory size of at least 1 MiB, so that the cache holds several parts of the log. If it did not keep the part that was just
 * read, the reader of that part would begin again.
 */
@RegisterForReflection
public final class CacheSizeConverter implements Converter<MemorySize> {

    private static final long LEAST = 1 << 20;

    @Override
    public MemorySize convert(String value) {
        MemorySize size = new MemorySizeConverter().convert(value);
        if (size.asLongValue() < LEAST) {
            throw new IllegalArgumentException(value + " is not allowed; allowed is 1M or more");
        }
        return size;
    }
}
