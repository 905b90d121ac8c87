// SPDX-License-Identifier: Apache-2.0
package dev.streampane.results;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.runtime.configuration.MemorySize;
import io.quarkus.runtime.configuration.MemorySizeConverter;
import org.eclipse.microprofile.config.spi.Converter;

/** A size of memory that holds several parts of the log: a reader that finds nothing kept of what was just read begins again. */
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
