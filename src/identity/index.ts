// Who is calling: verifies tokens and proofs of possession, recognises agents and people.
export { SIGNATURE_ALGORITHMS } from './algorithms.ts';
export { authenticateAgent, authenticateHuman } from './authenticate.ts';
export { verifyProof } from './dpop.ts';
export {
  authenticateLogin,
  authorizationUrl,
  freshLoginSecret,
  isLoginSecret,
  type LoggedIn,
  loginMaterial,
  openForReturn,
  sealForReturn,
} from './login.ts';
export {
  PROOF_PROBLEMS,
  type ProvenAgent,
  type ProvenHuman,
  type Stranger,
  TOKEN_PROBLEMS,
  type TokenProblem,
  TokenRefused,
} from './model.ts';
export { verifySignature } from './verify-signature.ts';
export { verifyToken } from './verify-token.ts';
