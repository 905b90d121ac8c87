// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.wordcount;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.flink.connector.file.src.FileSourceSplit;
import org.apache.flink.connector.file.src.enumerate.DefaultFileFilter;
import org.apache.flink.connector.file.src.enumerate.FileEnumerator;
import org.apache.flink.connector.file.src.enumerate.NonSplittingRecursiveEnumerator;
import org.apache.flink.core.fs.Path;

/** Finds files, and nothing where there is nothing yet. In directories, names that begin with a dot or an underscore are left out. */
final class PresentFiles implements FileEnumerator {

    private final FileEnumerator files;

    /**
     * @param directory whether what is looked for is in directories
     */
    PresentFiles(boolean directory) {
        files = directory
                ? new NonSplittingRecursiveEnumerator(new DefaultFileFilter())
                : new NonSplittingRecursiveEnumerator(path -> true);
    }

    @Override
    public Collection<FileSourceSplit> enumerateSplits(Path[] paths, int atLeast) throws IOException {
        List<Path> present = new ArrayList<>();
        for (Path path : paths) {
            if (path.getFileSystem().exists(path)) {
                present.add(path);
            }
        }
        return files.enumerateSplits(present.toArray(Path[]::new), atLeast);
    }
}
