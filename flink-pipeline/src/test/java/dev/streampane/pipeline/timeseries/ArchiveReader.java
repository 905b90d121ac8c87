// SPDX-License-Identifier: Apache-2.0
package dev.streampane.pipeline.timeseries;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.avro.AvroParquetReader;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.io.LocalInputFile;

/** Reads the archive as others do: by Parquet's own Avro reader and codecs, and only files whose names begin with neither dot nor underscore. */
final class ArchiveReader {

    private ArchiveReader() {}

    /** Every finished file below the folder, in the order of names. */
    static List<Path> files(Path folder) {
        return all(folder).stream()
                .filter(file -> isFinished(file.getFileName().toString()))
                .toList();
    }

    /** Every file below the folder, while others may come and go. */
    static List<Path> all(Path folder) {
        var found = new TreeSet<Path>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes read) {
                    found.add(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException gone) {
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return List.copyOf(found);
    }

    static boolean isFinished(String name) {
        return !name.startsWith(".") && !name.startsWith("_");
    }

    /** The rows of all finished files. */
    static List<ArchivedRow> rows(Path folder) {
        return files(folder).stream().flatMap(file -> read(file).stream()).toList();
    }

    /** The rows of one file. */
    static List<ArchivedRow> read(Path file) {
        var rows = Stream.<ArchivedRow>builder();
        try (ParquetReader<GenericRecord> records = AvroParquetReader.<GenericRecord>builder(new LocalInputFile(file))
                .build()) {
            for (GenericRecord next = records.read(); next != null; next = records.read()) {
                rows.add(row(next));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + " is no Parquet file", e);
        }
        return rows.build().toList();
    }

    private static ArchivedRow row(GenericRecord record) {
        return new ArchivedRow(
                (Long) record.get("step"),
                record.get("name").toString(),
                record.get("value").toString(),
                record.get("type").toString(),
                (Long) record.get("append_time"),
                record.get("topic").toString(),
                (Integer) record.get("partition"),
                (Long) record.get("offset"),
                (Integer) record.get("row"),
                record.get("verdict").toString());
    }
}
