// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.control;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What a job is to start from.
 *
 * @param savepoint folder of the savepoint; empty unless {@link Kind#SAVEPOINT}
 */
public record StartFrom(Kind kind, String savepoint) {

    /** Kinds of start. */
    public enum Kind {
        /** The newest state of the newest generation, which goes on; a new generation when no generation has state. */
        NEWEST,
        /** A savepoint; a new generation, unless it is the newest state. */
        SAVEPOINT,
        /** No state, reads the topic from its beginning: a new generation. */
        EARLIEST,
        /** No state, reads only what comes from now on: a new generation. */
        LATEST,
        /** No state, and where to read from is left to the job's options: a new generation. */
        ANEW
    }

    /** The newest state. */
    public static final StartFrom NEWEST = of(Kind.NEWEST);

    public static final StartFrom ANEW = of(Kind.ANEW);

    /** A start that needs no folder. */
    public static StartFrom of(Kind kind) {
        return new StartFrom(kind, "");
    }

    /** A completed savepoint or checkpoint. */
    public static StartFrom savepoint(Path folder) {
        return new StartFrom(Kind.SAVEPOINT, folder.toString());
    }

    /** The value of the job's option {@code start-from}; empty when this start sets none. */
    public Optional<String> option() {
        return switch (kind) {
            case EARLIEST -> Optional.of("earliest");
            case LATEST -> Optional.of("latest");
            case NEWEST, SAVEPOINT, ANEW -> Optional.empty();
        };
    }
}
