// SPDX-License-Identifier: Apache-2.0
package dev.streampane.local.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Keys and certificates of one test, made with the JDK's keytool: an authority, and certificates of it for {@link #SERVER} (this
 * machine) and {@link #ELSEWHERE} (another one); {@link #STRANGER} is for this machine and of nobody that is believed.
 */
public final class Certificates {

    public static final String SERVER = "server";
    public static final String ELSEWHERE = "elsewhere";
    public static final String STRANGER = "stranger";

    private static final String AUTHORITY = "authority";
    private static final String THIS_MACHINE = "san=ip:127.0.0.1,dns:localhost";

    private final Path folder;
    private final String password;

    private Certificates(Path folder, String password) {
        this.folder = folder;
        this.password = password;
    }

    /** Makes them in a folder, in stores of one password. */
    public static Certificates make(Path folder, String password) throws Exception {
        Certificates made = new Certificates(folder, password);
        made.generate(AUTHORITY, "-ext", "bc:c");
        made.generate(SERVER, "-signer", AUTHORITY, "-ext", THIS_MACHINE);
        made.generate(ELSEWHERE, "-signer", AUTHORITY, "-ext", "san=dns:elsewhere.example");
        made.generate(STRANGER, "-ext", THIS_MACHINE);
        String certificate = Base64.getMimeEncoder()
                .encodeToString(made.all().getCertificate(AUTHORITY).getEncoded());
        Files.writeString(
                made.authority(),
                "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n".formatted(certificate));
        return made;
    }

    /** The authority's certificate in PEM. */
    public Path authority() {
        return folder.resolve("ca.crt");
    }

    /** A PKCS12 store with the key of one name and no other. */
    public Path keyStore(String name) throws IOException, GeneralSecurityException {
        Path file = folder.resolve(name + ".p12");
        try (var out = Files.newOutputStream(file)) {
            store(name).store(out, password.toCharArray());
        }
        return file;
    }

    /** For a server that shows itself under a name. */
    public SSLContext context(String name) throws IOException, GeneralSecurityException {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store(name), password.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private KeyStore store(String name) throws IOException, GeneralSecurityException {
        KeyStore all = all();
        KeyStore one = KeyStore.getInstance("PKCS12");
        one.load(null, null);
        char[] secret = password.toCharArray();
        one.setKeyEntry(name, all.getKey(name, secret), secret, all.getCertificateChain(name));
        return one;
    }

    private KeyStore all() throws IOException, GeneralSecurityException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(folder.resolve("all.p12"))) {
            all.load(in, password.toCharArray());
        }
        return all;
    }

    private void generate(String name, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                folder.resolve("all.p12").toString(),
                "-storetype",
                "PKCS12",
                "-storepass:env",
                "STORE_PASSWORD",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keyalg",
                "EC",
                "-validity",
                "2"));
        command.addAll(List.of(options));
        ProcessBuilder keytool = new ProcessBuilder(command).inheritIO();
        keytool.environment().put("STORE_PASSWORD", password);
        Process process = keytool.start();
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
            throw new AssertionError("keytool failed: " + command);
        }
    }
}
