import java.io.File;
import java.util.TreeMap;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;

/**
 * Holds PDF files against PDF/UA-1 (ISO 14289-1) with veraPDF's engine and profile.
 *
 * <p>Prints one line a file: its path, how many checks were made, and each failed rule, set apart
 * by tabs. A rule reads "clause-test, times: what it asks".
 */
class Check {
    public static void main(String[] paths) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        var foundry = Foundries.defaultInstance();
        for (String path : paths) {
            var line = new StringBuilder(path);
            try (var parser = foundry.createParser(new File(path), PDFAFlavour.PDFUA_1)) {
                var result = foundry.createValidator(PDFAFlavour.PDFUA_1, false).validate(parser);
                var failed = new TreeMap<String, Integer>();
                for (var one : result.getTestAssertions()) {
                    var rule = one.getRuleId();
                    var text = rule.getClause() + "-" + rule.getTestNumber() + ": " + one.getMessage();
                    failed.merge(text.replaceAll("\\s+", " "), 1, Integer::sum);
                }
                line.append('\t').append(result.getTotalAssertions());
                failed.forEach((text, times) -> line.append('\t').append(text).append(" (" + times + " times)"));
                if (!result.isCompliant() && failed.isEmpty()) line.append("\tnot compliant, for no stated reason");
            } catch (Exception error) {
                line.append("\t0\tcannot be read as a PDF: ").append(("" + error.getMessage()).replaceAll("\\s+", " "));
            }
            System.out.println(line);
        }
    }
}
