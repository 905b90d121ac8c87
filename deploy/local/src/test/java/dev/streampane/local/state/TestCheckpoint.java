// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.state;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Completed checkpoints and savepoints, as far as their head goes. */
public final class TestCheckpoint {

    private TestCheckpoint() {}

    /** Writes one into a folder, which it returns. */
    public static Path write(Path folder, long id) throws IOException {
        Files.createDirectories(folder);
        try (var out = new DataOutputStream(Files.newOutputStream(folder.resolve("_metadata")))) {
            out.writeInt(0x4960672d);
            out.writeInt(6);
            out.writeLong(id);
        }
        return folder;
    }
}
